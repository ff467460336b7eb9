"""Signed, unguessable tokens for links in mail. They hold row ids only, never a name or an address."""

from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from fund.kit.errors import Refusal

NOT_VALID = "This link is not valid. Perhaps it was cut in two by a mail program."


class Signer:
    """Signs small values under SECRET_KEY; a token made for one purpose is nothing for another."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def sign(self, purpose: str, value: object) -> str:
        return str(URLSafeSerializer(self._secret_key, salt=purpose).dumps(value))

    def read(self, purpose: str, token: str) -> object:
        """Raises Refusal with status 404 for anything that this installation did not sign for `purpose`."""
        try:
            return URLSafeSerializer(self._secret_key, salt=purpose).loads(token)
        except BadData as broken:
            raise Refusal(NOT_VALID, status=404) from broken

    def sign_dated(self, purpose: str, value: object) -> str:
        return str(URLSafeTimedSerializer(self._secret_key, salt=purpose).dumps(value))

    def read_dated(self, purpose: str, token: str, *, lifetime: timedelta) -> object:
        """As `read`, and raises Refusal with status 410 when the token is older than `lifetime`."""
        serializer = URLSafeTimedSerializer(self._secret_key, salt=purpose)
        try:
            return serializer.loads(token, max_age=int(lifetime.total_seconds()))
        except BadData as broken:
            if serializer.loads_unsafe(token)[0]:
                raise Refusal("This link has expired. Ask for a new one.", status=410) from broken
            raise Refusal(NOT_VALID, status=404) from broken
