package org.precertocsp.responder.intake;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;

/// Parses revocation reasons as common tools write them: names of RFC 5280 in any spelling
/// (`keyCompromise`, `Key Compromise`, `key_compromise`, `REV_KEYCOMPROMISE`), numbers (`1`, `01`,
/// `1.0`, `0x1`), both together (`(1) keyCompromise`), OpenSSL's options, and texts for "no reason"
/// (`-1`, `null`, `EMPTY`, an empty text).
///
/// Caches its results, since a list has few different reasons. Not thread-safe.
public final class ReasonParser {
    /// Maximum number of cached texts; further ones are parsed each time.
    private static final int MAX_REMEMBERED = 256;

    private static final int MAX_LENGTH = 60;

    /// Names of RFC 5280 and alternatives that tools write, lower case, letters only.
    private static final Map<String, RevocationReason> NAMES = names();

    private final Map<String, Optional<RevocationReason>> remembered = new HashMap<>();

    /// @return UNSPECIFIED if the text stands for no reason; empty if it is not understood
    public Optional<RevocationReason> parse(String text) {
        Optional<RevocationReason> known = remembered.get(text);
        if (known == null) {
            known = read(text);
            if (remembered.size() < MAX_REMEMBERED) {
                remembered.put(text, known);
            }
        }
        return known;
    }

    /// As [#parse], without the cache.
    public static Optional<RevocationReason> read(String text) {
        String plain = text.strip();
        if (plain.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        int open = plain.indexOf('(');
        int close = plain.indexOf(')');
        if (open < 0 && close < 0) {
            return part(plain);
        }
        if (open < 0 || close < open || plain.indexOf('(', open + 1) >= 0) {
            return Optional.empty();
        }
        // "(1) keyCompromise", "keyCompromise (1)", "1 (0x1)": both must mean the same.
        String outside = plain.substring(0, open) + plain.substring(close + 1);
        Optional<RevocationReason> inside = part(plain.substring(open + 1, close).strip());
        return outside.isBlank() || inside.equals(part(outside.strip()))
                ? inside
                : Optional.empty();
    }

    private static Optional<RevocationReason> part(String text) {
        if (isNone(text)) {
            return Optional.of(RevocationReason.UNSPECIFIED);
        }
        return isNumber(text)
                ? RevocationReason.ofCode(number(text))
                : Optional.ofNullable(NAMES.get(letters(text)));
    }

    private static boolean isNone(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "-1", "-", "null", "none", "nil", "n/a", "\\n", "empty", "not_revoked" -> true;
            default -> false;
        };
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,9}(\\.0{1,9})?|0[xX][0-9a-fA-F]{1,7}");
    }

    private static int number(String text) {
        if (text.startsWith("0x") || text.startsWith("0X")) {
            return Integer.parseInt(text.substring(2), 16);
        }
        int point = text.indexOf('.');
        return Integer.parseInt(point < 0 ? text : text.substring(0, point));
    }

    /// Lower case, without blanks, underscores, hyphens and dots; any other character stays, so
    /// that the name is not found.
    private static String letters(String text) {
        StringBuilder letters = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '_' && c != '-' && c != '.') {
                letters.append(c);
            }
        }
        return letters.toString().toLowerCase(Locale.ROOT);
    }

    private static Map<String, RevocationReason> names() {
        Map<String, RevocationReason> names = new HashMap<>();
        for (RevocationReason reason : RevocationReason.values()) {
            String plain = letters(reason.toString());
            names.put(plain, reason);
            names.put("rev" + plain, reason);
            names.put("crlreason" + plain, reason);
            names.put("ocsprevokedstatus" + plain, reason);
        }
        names.put("affiliationchange", RevocationReason.AFFILIATION_CHANGED);
        names.put("revaffiliationchange", RevocationReason.AFFILIATION_CHANGED);
        names.put("cessation", RevocationReason.CESSATION_OF_OPERATION);
        names.put("hold", RevocationReason.CERTIFICATE_HOLD);
        names.put("onhold", RevocationReason.CERTIFICATE_HOLD);
        names.put("holdinstruction", RevocationReason.CERTIFICATE_HOLD);
        names.put("privilegeswithdrawn", RevocationReason.PRIVILEGE_WITHDRAWN);
        names.put("revprivilegeswithdrawn", RevocationReason.PRIVILEGE_WITHDRAWN);
        names.put("keytime", RevocationReason.KEY_COMPROMISE);
        names.put("cakeytime", RevocationReason.CA_COMPROMISE);
        return Map.copyOf(names);
    }
}
