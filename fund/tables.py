"""Every table of the application, for migrations and for the checks over all of them."""

import fund.audit.models
import fund.campaigns.models
import fund.db.models
import fund.donations.models
import fund.ledger.models
import fund.mail.models
import fund.members.models
import fund.payments.models
import fund.reconciliation.models
import fund.updates.models
import fund.work.models  # noqa: F401
from fund.db.base import Base

metadata = Base.metadata
