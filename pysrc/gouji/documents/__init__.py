"""Files of every format as text and tables; see ``documents.model``."""
