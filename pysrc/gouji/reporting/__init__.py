"""The annual report before it is a Word document or a web page."""
