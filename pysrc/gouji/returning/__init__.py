"""Sending back and reminding: what every unit of a round still owes, written out as files."""

from gouji.returning.run import Returned, Sent, return_round

__all__ = ["Returned", "Sent", "return_round"]
