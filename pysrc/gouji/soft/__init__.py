"""Soft rules: what is allowed but looks unlikely, in a form, across years, among peers.

``soft_findings`` reads one submission, beside last year's when there is one; ``peer_findings``
compares the units of a district. Every finding is soft: mend or explain. Rules are declared in
``[soft.NAME]`` of an edition; each gives at most one finding, however many cells it touches.
"""

from gouji.soft.among_peers import peer_findings
from gouji.soft.facts import Facts
from gouji.soft.judge import compares_years, plausibility, soft_findings

__all__ = ["Facts", "compares_years", "peer_findings", "plausibility", "soft_findings"]
