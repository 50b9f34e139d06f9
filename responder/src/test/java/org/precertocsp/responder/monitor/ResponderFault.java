package org.precertocsp.responder.monitor;

import java.util.Set;

/// What a wrong responder does wrong, and the rules a judge must name for it: no more, no fewer.
enum ResponderFault {
    NONE(),
    CA_SIGNS_ITSELF(),
    UNKNOWN_FOR_PRECERTIFICATE("fail SA-01", "fail SS-09"),
    UNAUTHORIZED_FOR_PRECERTIFICATE("fail SA-01", "fail SS-09"),
    TRY_LATER_FOR_EVER("fail SA-01", "fail SS-09"),
    GONE_AMID_THE_PLAIN_QUESTIONS("fail SA-18"),
    GONE_AFTER_THE_PLAIN_QUESTIONS("fail SA-18"),
    GONE_LATE("fail SA-18"),
    GOOD_FOR_RANDOM_SERIALS("fail SS-04"),
    HOLD_FOR_RANDOM_SERIALS("fail SA-04"),
    REVOKED_WITH_REASON_ZERO("fail SA-10"),
    REVOKED_ON_HOLD("fail SA-04"),
    SHA256_NOT_ANSWERED("fail CI-03"),
    SHA1_NOT_ANSWERED("warn CI-03"),
    REVOKED_UNDER_SHA256_ONLY("fail CI-03"),
    EXPIRED("fail SA-01", "fail SS-09", "fail TF-05", "fail TF-07"),
    FIVE_DAYS_OLD("fail TF-05", "fail TF-06", "fail TF-07"),
    NOT_YET_VALID("fail SA-01", "fail SS-09", "fail TF-12", "fail TF-14"),
    PRODUCED_IN_THE_FUTURE("fail TF-14"),
    TWELVE_DAY_WINDOW("fail TF-02", "fail TF-03"),
    EIGHT_DAY_WINDOW("fail TF-03"),
    FOUR_HOUR_WINDOW("fail TF-02", "fail TF-07"),
    NEXT_UPDATE_BEFORE_THIS_UPDATE("fail SA-01", "fail SS-09", "fail TF-02", "fail TF-07"),
    NEXT_UPDATE_MISSING("fail RP-11"),
    NEXT_UPDATE_PAST_DELEGATE("fail TF-09"),
    SLOW_ONCE("fail TF-17"),
    BY_NAME("warn RP-07"),
    BY_NAME_OF_ANOTHER("fail SA-01", "fail SS-09", "fail RP-06", "warn RP-07"),
    BY_KEY_OF_ANOTHER("fail SA-01", "fail SS-09", "fail RP-06"),
    BY_KEY_HASHED_WITH_SHA256("fail SA-01", "fail SS-09", "fail RP-08"),
    FRACTIONAL_SECONDS("fail RP-12"),
    SHA1_SIGNATURE("fail RP-18"),
    BAD_SIGNATURE("fail SA-01", "fail SS-09", "fail RC-01"),
    SIGNATURE_ALGORITHM_OF_ANOTHER_KEY("fail SA-01", "fail SS-09", "fail RC-01"),
    SIGNATURE_BITS_UNUSED("fail SA-01", "fail SS-09", "fail RP-22"),
    DELEGATE_OF_ANOTHER_CA("fail SA-01", "fail SS-09", "fail RC-01"),
    DELEGATE_EXPIRED("fail SA-01", "fail SS-09", "fail RC-08", "fail TF-09"),
    DELEGATE_CERTIFIED_BY_ITSELF("fail SA-01", "fail SS-09", "fail RC-01"),
    DELEGATE_OF_SISTER_KEY("fail SA-01", "fail SS-09", "fail RC-02"),
    DELEGATE_WITHOUT_NOCHECK("fail RC-04"),
    DELEGATE_WITHOUT_EKU("fail SA-01", "fail SS-09", "fail RC-03"),
    DELEGATE_WITH_UNKNOWN_CRITICAL_EXTENSION("fail SA-01", "fail SS-09", "warn RC-06"),
    DELEGATE_WITHOUT_DIGITAL_SIGNATURE("fail SA-01", "fail SS-09", "fail RC-05"),
    DELEGATE_NOT_SENT("fail SA-01", "fail SS-09", "fail RP-09"),
    EMPTY_CERTIFICATES("warn RP-10"),
    GOOD_AND_REVOKED("fail SA-01", "fail SS-09"),
    EXTRA_SINGLE_RESPONSE("warn RP-05"),
    RESPONSE_EXTENSION("warn RP-13"),
    CRITICAL_RESPONSE_EXTENSION("fail SA-01", "fail SS-09", "warn RP-13"),
    REASON_CODE_EXTENSION("fail RP-14"),
    ERRORS_WITH_BYTES("fail RP-03"),
    OTHER_SERIAL_ECHOED("fail SA-01", "fail SS-09", "fail RP-04"),
    OTHER_HASHES_ECHOED("fail SA-01", "fail SS-09", "fail RP-04"),
    OTHER_HASH_ALGORITHM_ECHOED("fail SA-01", "fail SS-09", "fail CI-06"),
    OTHER_PARAMETERS_ECHOED("warn CI-07"),
    REQUESTOR_REFUSED("fail CI-08"),
    OTHER_KEY_ANSWERED("fail CI-09"),
    MD5_ANSWERED("fail CI-10"),
    CACHEABLE_ERRORS("warn HT-14"),
    GET_REFUSED("fail HT-01"),
    POST_REFUSED("fail HT-02"),
    PLUS_AS_SPACE("fail HT-03"),
    LOWER_CASE_ESCAPES_REFUSED("fail HT-03"),
    SLASHES_COLLAPSED("fail HT-04"),
    /// A proxy that decodes the path before it collapses it, so that escaping does not help.
    SLASHES_DECODED_AND_COLLAPSED("fail HT-04"),
    /// The same before a responder that refuses nonces.
    SLASHES_COLLAPSED_AND_NONCE_REFUSED("fail HT-04", "warn NO-06", "warn NO-03"),
    LONG_GET_REFUSED("warn HT-05"),
    WRONG_CONTENT_TYPE("fail HT-06"),
    NO_CONTENT_LENGTH("warn HT-06"),
    NO_CACHE_FIELDS("warn HT-07"),
    WRONG_EXPIRES("warn HT-08"),
    WRONG_LAST_MODIFIED("warn HT-09"),
    WEAK_ETAG("warn HT-10"),
    MAX_AGE_PAST_NEXT_UPDATE("fail HT-11"),
    NO_STORE_ON_GOOD("fail HT-13"),
    HEAD_REFUSED("warn HT-16"),
    NO_ALLOW_WITH_405("fail HT-16"),
    NONCE_REFUSED("warn NO-06", "warn NO-03"),
    SHORT_NONCE_REFUSED("warn NO-03"),
    LONG_NONCE_TAKEN("fail NO-04"),
    NONCE_NOT_WRAPPED("fail NO-05"),
    NONCE_OF_ANOTHER("fail NO-08"),
    NONCE_NOT_ASKED_FOR("fail NO-08"),
    CRITICAL_EXTENSION_IGNORED("fail NO-07"),
    UNKNOWN_EXTENSION_REFUSED("fail NO-07"),
    REQUESTOR_ENDS_THE_CONNECTION("fail CI-08"),
    ODD_SERIALS_END_THE_CONNECTION("warn SS-15");

    private final Set<String> blamed;

    ResponderFault(String... blamed) {
        this.blamed = Set.of(blamed);
    }

    /// Such as `fail SA-01`.
    Set<String> blamed() {
        return blamed;
    }
}
