"""What is probably wrong: “you typed 54 for 45 in D17”. ``diagnose`` is the way in."""

from gouji.diagnosis.answers import Diagnosis, Solution, diagnose
from gouji.diagnosis.attach import with_suspects

__all__ = ["Diagnosis", "Solution", "diagnose", "with_suspects"]
