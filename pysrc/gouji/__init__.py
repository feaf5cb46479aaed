"""gouji 勾稽: Excel forms whose sums check themselves, and one district workbook out of many."""

__version__ = "0.1.0"
