"""Lists of members: those that were taken in, and one more."""

from hashlib import sha256

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from fund.desk.answers import errors_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.imports import newest_imports
from fund.members.keep_list import keep_list
from fund.members.list_encoding import ENCODINGS
from fund.members.list_rows import DELIMITERS
from fund.members.read_list import read_list
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale
from fund.web.request_scope import close_read_session, read_session
from fund.web.services import services
from fund.web.uploads import takes_lists

TITLES = {"": None, "yes": True, "no": False}


@takes_lists
@needs("import_members")
def imports() -> Answer:
    """The POST takes a file and shows what would come of it; nobody is added by it."""
    if request.method == "GET":
        return _page({}, {})
    try:
        import_id = _keep(request.files.get("file"))
    except Refusal as refusal:
        return _page(request.form.to_dict(), errors_of(refusal)), refusal.status
    return redirect(url_for("desk.member_import", import_id=import_id), 303)


def _keep(file: FileStorage | None) -> int:
    form, actor = request.form, the_member().actor
    data = file.read() if file is not None else b""
    if file is None or not data:
        raise Refusal("Choose a file.", field="file")
    encoding, delimiter = form.get("encoding", ""), form.get("delimiter", "")
    found = read_list(
        data,
        encoding=encoding if encoding in ENCODINGS else "",
        delimiter=delimiter if delimiter in DELIMITERS else "",
        titles=TITLES.get(form.get("titles", "")),
    )
    close_read_session()
    return keep_list(
        services().database,
        found,
        file_name=file.filename or "",
        file_sha256=sha256(data).hexdigest(),
        locale=current_locale(),
        actor=actor,
        now=utc_now(),
    )


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/member_imports.html",
        imports=newest_imports(read_session()),
        encodings=list(ENCODINGS.items()),
        values=values,
        errors=errors,
    )
