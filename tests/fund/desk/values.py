"""What an organiser types for the founding case."""

CASE = {
    "slug": "four-labels",
    "currency": "CAD",
    "minimum_gift": "5",
    "audience_size": "46 000",
    "organiser_share": "500",
    "en_title": "Four labels v. Boréal",
    "en_standfirst": "Four record labels want us closed.",
    "en_story": "A letter came.",
    "en_demands": "Close the site\nConfirm it in writing",
    "en_if_we_win": "A good precedent.",
    "en_if_we_lose": "A bad one.",
    "en_if_we_settle": "The site may close.",
    "complainants": "Laurentide Records | Disques Laurentide\nNordmark Music",
    "respondents": "The administrator of Boréal",
    "line_0_en": "Reading the letters and answering",
    "line_0_hours": "8",
    "line_0_rate": "250",
}
POLICY = {"policy_kind": "refund", "en_policy": "Back to the donors, in proportion."}
TAXES = {
    "tax_0_name": "GST",
    "tax_0_rate": "5",
    "tax_1_name": "QST",
    "tax_1_rate": "9.975",
    "line_0_tax_0": "1",
    "line_0_tax_1": "1",
}
