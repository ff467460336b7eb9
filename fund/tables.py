"""Every table of the application, for migrations and for the checks over all of them."""

import fund.audit.models
import fund.billing.models
import fund.campaigns.models
import fund.closing.models
import fund.db.models
import fund.donations.models
import fund.files.models
import fund.ledger.models
import fund.mail.models
import fund.members.models
import fund.payments.models
import fund.reconciliation.models
import fund.reports.models
import fund.updates.models
import fund.work.models  # noqa: F401
from fund.db.base import Base

metadata = Base.metadata
