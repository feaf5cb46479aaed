"""Keeping the secrets of a round's mail accounts with the system: asked for, shown nowhere."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getpass

from gouji.commands import Unusable
from gouji.mail.settings import account_of, keep_secret
from gouji.round import Round
from gouji.wording import say

#: Asks a person for a secret that is not shown while it is typed.
Ask = Callable[[str], str]


def keep_passwords(round_: Round, ask: Ask = getpass) -> list[str]:
    """Ask for the secret of each mail account of the round and hand it to the system's keyring.

    The accounts kept; one that gets no answer is passed over. Raises Unusable where the round has
    no account, MailError where the system has no keyring.
    """
    settings = [each for each in (round_.post.mailbox, round_.post.smtp) if each is not None]
    accounts = {account_of(each): each for each in settings}
    if not accounts:
        raise Unusable(say("cli.collect.no_account", file=round_.facts_file))
    kept = []
    for account, each in accounts.items():
        if secret := ask(say(f"cli.collect.ask_{each.auth}", account=account)).strip():
            keep_secret(each, secret)
            kept.append(account)
    return kept
