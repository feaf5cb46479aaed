"""What was published stays as it was; what is corrected later becomes a version of its own."""

from gouji.publishing.changes import Altered, Changes, UnitChange
from gouji.publishing.publish import Published, publish
from gouji.publishing.standing import Publication, publication_of
from gouji.publishing.versions import Version, latest_version, version_of, versions

__all__ = [
    "Altered", "Changes", "Publication", "Published", "UnitChange", "Version", "latest_version",
    "publication_of", "publish", "version_of", "versions",
]  # fmt: skip
