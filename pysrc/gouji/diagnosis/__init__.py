"""What is probably wrong: “you typed 54 for 45 in D17”. ``diagnose`` is the way in."""

from gouji.diagnosis.attach import with_suspects
from gouji.diagnosis.diagnose import Diagnosis, Solution, diagnose

__all__ = ["Diagnosis", "Solution", "diagnose", "with_suspects"]
