from sqlalchemy.orm import Session

from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import shows_file
from fund.files.show_file import show_file


def hide_document(session: Session, event: TimelineEvent) -> None:
    """Nobody outside the desk sees this event's document any more, unless another published event carries it too."""
    if event.file_id is not None and not shows_file(session, event.file_id, except_event=event.id):
        show_file(session, file_id=event.file_id, shown=False)
