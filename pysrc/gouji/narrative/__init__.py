"""What a report's words say beside what its tables say. Never more than soft.

``narrative_findings`` reads the narrative sections of a submission: counts with their nouns,
statements that nothing happened or that everything is done, breakdowns against their total. The
words of a form stand in its edition (``[claims]``), those of the language in ``language.toml``.
"""

from gouji.narrative.findings import narrative_findings

__all__ = ["narrative_findings"]
