"""The official tables found by their labels in a document that is not our form."""
