"""From the page that looks a form over, back to the form."""

from flask import request


def goes_back() -> bool:
    """Whether somebody wants to change what they typed before it is done."""
    return "change" in request.form
