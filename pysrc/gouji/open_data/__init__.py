"""Open data: a year's numbers as CSV and JSON with their dictionary, alike from year to year."""

from gouji.open_data.dataset import Dataset, of_rollup, of_submission
from gouji.open_data.fields import VERSION
from gouji.open_data.write import Written, write_open_data

__all__ = ["VERSION", "Dataset", "Written", "of_rollup", "of_submission", "write_open_data"]
