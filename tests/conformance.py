"""An OOXML validator independent of the writer: openxml-audit over the ECMA/ISO schemas."""

from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator


def faults(path: Path) -> list[str]:
    """Every schema or semantic fault in a workbook or document, in words; empty when sound."""
    result = OpenXmlValidator(file_format=FileFormat.OFFICE_2010).validate(str(path))
    return [f"{error.part_uri}: {error.description}" for error in result.errors]
