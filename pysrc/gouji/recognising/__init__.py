"""The official tables found by their labels in a document that is not our form."""

from gouji.recognising.recognise import recognise

__all__ = ["recognise"]
