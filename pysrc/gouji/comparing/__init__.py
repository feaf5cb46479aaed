"""The published report beside the submitted workbook: every item that differs."""

from gouji.comparing.compare import compare
from gouji.comparing.comparison import Comparison, HeadDifference, ItemDifference, TextDifference

__all__ = ["Comparison", "HeadDifference", "ItemDifference", "TextDifference", "compare"]
