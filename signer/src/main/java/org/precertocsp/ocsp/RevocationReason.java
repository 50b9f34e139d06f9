package org.precertocsp.ocsp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Why a certificate was revoked (RFC 5280 §5.3.1).
public enum RevocationReason {
    UNSPECIFIED(0, "unspecified"),
    KEY_COMPROMISE(1, "keyCompromise"),
    CA_COMPROMISE(2, "cACompromise"),
    AFFILIATION_CHANGED(3, "affiliationChanged"),
    SUPERSEDED(4, "superseded"),
    CESSATION_OF_OPERATION(5, "cessationOfOperation"),
    CERTIFICATE_HOLD(6, "certificateHold"),
    REMOVE_FROM_CRL(8, "removeFromCRL"),
    PRIVILEGE_WITHDRAWN(9, "privilegeWithdrawn"),
    AA_COMPROMISE(10, "aACompromise");

    private static final int LAST_CODE = 10;

    // Reading a CRL calls this a million times.
    private static final List<Optional<RevocationReason>> BY_CODE =
            IntStream.rangeClosed(0, LAST_CODE)
                    .mapToObj(
                            code ->
                                    Arrays.stream(values())
                                            .filter(reason -> reason.code == code)
                                            .findFirst())
                    .toList();

    private final int code;
    private final String text;

    RevocationReason(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /// Empty for 7, which RFC 5280 leaves unused, and for anything outside the list.
    public static Optional<RevocationReason> ofCode(int code) {
        return code >= 0 && code < BY_CODE.size() ? BY_CODE.get(code) : Optional.empty();
    }

    /// Parses a name as RFC 5280 or OpenSSL writes it, in any case, or the number.
    public static Optional<RevocationReason> ofText(String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        for (RevocationReason reason : values()) {
            if (reason.text.toLowerCase(Locale.ROOT).equals(wanted)
                    || Integer.toString(reason.code).equals(wanted)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }

    /// The CRLReason value.
    public int code() {
        return code;
    }

    /// The name as RFC 5280 spells it.
    @Override
    public String toString() {
        return text;
    }
}
