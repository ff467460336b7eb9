import re
from collections.abc import Callable, Mapping
from functools import partial

from fund.mail.dns_records import DnsRecords, NoDnsError
from fund.mail.finding import Finding

SPF = "v=spf1 include:<your provider> -all"
DMARC = "v=DMARC1; p=quarantine; rua=mailto:<an address that you read>"


def check_domain(dns: DnsRecords, domain: str, keys: Mapping[str, str]) -> list[Finding]:
    """What the DNS says of mail from `domain`; `keys` are the DKIM records that it should have, by selector."""
    signing = {selector: f"{selector}._domainkey.{domain}" for selector in keys}
    return [
        *(
            _look(f"DKIM {selector}", partial(_dkim, dns, name, keys[selector]), f"{name} TXT {keys[selector]}")
            for selector, name in signing.items()
        ),
        _look("SPF", partial(_spf, dns, domain), f"{domain} TXT {SPF}"),
        _look("DMARC", partial(_dmarc, dns, domain), f"_dmarc.{domain} TXT {DMARC}"),
        _look("MX", partial(_mx, dns, domain), ""),
    ]


def _look(name: str, look: Callable[[], Finding], add: str) -> Finding:
    """`add`: what to have there, said also where nobody can be asked what there is."""
    try:
        return look()
    except NoDnsError:
        return Finding(name, "not checked", "The DNS did not answer.", add)


def _dkim(dns: DnsRecords, name: str, wanted: str) -> Finding:
    title = f"DKIM {name.partition('.')[0]}"
    add = f"{name} TXT {wanted}"
    found = [_tags(text) for text in dns.texts(name) if "p" in _tags(text)]
    if not found:
        return Finding(title, "problem", "The record of this key is missing: nobody can check our signature.", add)
    if len(found) > 1:
        return Finding(title, "problem", "There are several records where one may stand.", add)
    if not found[0]["p"]:
        return Finding(title, "problem", "The record says that this key was given up.", add)
    if found[0]["p"] != _tags(wanted)["p"] or found[0].get("k", "rsa") != _tags(wanted)["k"]:
        return Finding(title, "problem", "The record holds another key than DKIM_KEY.", add)
    if "y" in found[0].get("t", "").split(":"):
        return Finding(title, "note", "The record says that it is a trial (t=y): receivers may ignore it.")
    return Finding(title, "ok", "The record holds our key.")


def _spf(dns: DnsRecords, domain: str) -> Finding:
    add = f"{domain} TXT {SPF}"
    found = [text for text in dns.texts(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]
    if not found:
        return Finding("SPF", "problem", f"{domain} does not say who may send its mail.", add)
    if len(found) > 1:
        return Finding("SPF", "problem", "There are several records where one may stand: none of them counts.")
    end = found[0].split()[-1].lower()
    if end in ("+all", "all", "?all"):
        return Finding("SPF", "problem", f"The record ends with {end}: everybody may send mail in this name.", add)
    if end not in ("-all", "~all") and not end.startswith("redirect="):
        return Finding("SPF", "note", "The record does not say what becomes of mail from elsewhere: end it with -all.")
    return Finding("SPF", "ok", f"{found[0]} (see that your provider stands in it)")


def _dmarc(dns: DnsRecords, domain: str) -> Finding:
    """The domain's own record, else one of a domain above it."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        above = ".".join(labels[start:])
        found = [_tags(text) for text in dns.texts(f"_dmarc.{above}") if text.lower().startswith("v=dmarc1")]
        if len(found) > 1:
            return Finding("DMARC", "problem", f"_dmarc.{above} has several records: none of them counts.")
        if found:
            return _dmarc_policy(above, found[0])
    sentence = "There is no record: large providers take mail to many from no such domain."
    return Finding("DMARC", "problem", sentence, f"_dmarc.{domain} TXT {DMARC}")


def _dmarc_policy(domain: str, tags: Mapping[str, str]) -> Finding:
    policy = tags.get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        add = f"_dmarc.{domain} TXT {DMARC}"
        return Finding("DMARC", "problem", "The record has no policy (p=): it does not count.", add)
    if policy == "none":
        return Finding("DMARC", "note", "The policy is none: forged mail in this name is only counted.")
    return Finding("DMARC", "ok", f"The policy of {domain} is {policy}.")


def _mx(dns: DnsRecords, domain: str) -> Finding:
    found = dns.mail_servers(domain)
    if found == ["."]:
        return Finding("MX", "problem", f"{domain} says that it takes no mail: neither answers nor bounces arrive.")
    if found:
        return Finding("MX", "ok", f"Answers and bounces go to {found[0].rstrip('.')}.")
    if dns.has_address(domain):
        return Finding("MX", "note", f"There is no record: answers and bounces go to {domain} itself.")
    sentence = f"{domain} takes no mail: neither answers nor bounces arrive, and many servers refuse what it sends."
    return Finding("MX", "problem", sentence, f"{domain} MX 10 <the server that takes your mail>.")


def _tags(text: str) -> dict[str, str]:
    """`v=DKIM1; k=rsa; p=...`."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}
