import uuid


def form_id(nonce: str) -> str:
    """The id of what a form makes: the same form sent twice makes the same thing."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, nonce))
