"""Why an answer could not be read.

ValueError
  Unreadable    the only error of a reader; `reason` names the sentence told to the person (texts: `why.<reason>`)
"""

from datetime import date

Fact = str | int | date

REASONS: dict[str, str] = {
    "empty": "Nothing was written.",
    "too_long": "That is longer than {limit} characters.",
    "choice_unknown": "That is none of the {count} choices.",
    "choice_number": "The numbers go from 1 to {count}.",
    "words_only": "A number or a yes, where only the words of the choices are taken.",
    "choice_several": "That fits more than one of the choices.",
    "yes_no_unknown": "It is not clear whether that means yes or no.",
    "date_unknown": "That does not look like a date.",
    "date_impossible": "There is no such day in the calendar.",
    "date_ambiguous": "Day and month cannot be told apart.",
    "date_range": "That is more than one day; one date is needed.",
    "date_weekday": "The date and the day of the week do not fit: it would be {date}.",
    "date_in_future": "{date} has not come yet.",
    "date_too_late": "The date must not be after {latest}.",
    "date_too_early": "The date must not be before {earliest}.",
    "inquiry_number_form": "That does not have the form of an inquiry number.",
    "inquiry_number_several": "These are several numbers; one at a time is needed.",
    "receipt_no_form": "A receipt number has ten digits; these are none, or one of them is wrong.",
    "last_four": "The last four letters or digits of the number are needed.",
    "yen_unknown": "That is not an amount in whole yen.",
    "yen_too_much": "The amount is over {limit} yen.",
    "code_digits": "The code has {digits} digits.",
    "count_unknown": "That is not a number.",
    "count_out_of_range": "The number must be from {least} to {most}.",
    "phone_unknown": "That does not look like a phone number.",
    "phone_digits": "There are too many or too few digits for a phone number.",
    "phone_foreign": "Only Japanese phone numbers can be used.",
    "phone_landline": "That is a landline, which receives no SMS; a mobile number or a mail address is needed.",
    "phone_ip": "That is an IP phone (050), which receives no SMS; a mobile number or a mail address is needed.",
    "phone_pager": "Numbers with 020 receive no SMS; a mobile number or a mail address is needed.",
    "phone_toll_free": "Toll-free numbers receive no SMS; a mobile number or a mail address is needed.",
    "phone_not_mobile": "That number receives no SMS; a mobile number or a mail address is needed.",
    "mail_unknown": "That does not look like a mail address.",
    "mail_several": "These are several mail addresses; one is needed.",
    "mail_not_ascii": "A mail address has only half-width letters, digits and signs.",
    "mail_domain": "The part after @ is not complete or does not exist in that form.",
    "mail_dots": "Before the @, a dot may not come first, last or twice in a row.",
    "contact_unknown": "That is neither a phone number nor a mail address.",
    "prefecture_unknown": "That is not one of the 47 prefectures.",
    "prefecture_near": "That is not a prefecture; perhaps {suggestion} is meant.",
    "prefecture_several": "These are several prefectures; one is needed.",
    "region_unknown": "That is not one of the eight regions.",
    "name_characters": "A name cannot have these signs in it.",
    "name_digits": "A name does not consist of digits.",
    "name_url": "A name does not have an address of a page or of mail in it.",
    "bank_code_digits": "A bank's code has four digits.",
    "branch_code_digits": "A branch's code has three digits.",
    "account_number_short": "Too few digits; all seven are needed, with the zeros in front.",
    "account_number_digits": "An account number has seven digits.",
    "japan_post_symbol": "The symbol has five digits, begins with 0 or 1 and ends with 0.",
    "japan_post_number": "The number of such an account has two to eight digits and ends with 1.",
    "japan_post_transfer_number": "The number of a transfer account has at most six digits.",
    "holder_kanji": "The holder's name is needed in katakana, as it is printed in the passbook.",
    "holder_characters": "The banks know only katakana, Latin letters, digits and ( ) - . in a name.",
    "postal_code_digits": "A postal code has seven digits.",
    "name_kana": "The reading of the name is needed in katakana, or the name itself in Latin letters.",
    "no_words": "There is neither a letter nor a digit in it.",
    "place_signs": "The name or address of a place has no such signs in it.",
    "address_short": "The whole address is needed, down to the house number.",
}


class Unreadable(ValueError):
    """What was said could not be read: `reason` is a key of REASONS, `facts` fill its sentence, never personal."""

    def __init__(self, reason: str, **facts: Fact) -> None:
        # The message is the reason alone: exception texts end up in logs, and what was said must not.
        super().__init__(reason)
        self.reason = reason
        self.facts = facts
