package org.precertocsp.responder.admin;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The reason why a request is not done, in terms a caller can act on.
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    /// The kinds of errors that a program may tell apart.
    public enum Kind {
        MALFORMED(400, "The request cannot be read"),
        FORBIDDEN(403, "The caller may not do this"),
        NOT_FOUND(404, "There is nothing here"),
        METHOD_NOT_ALLOWED(405, "This method is not for this address"),
        CONFLICT(409, "The request contradicts what is known"),
        TOO_LARGE(413, "The request is too long"),
        UNSUPPORTED_TYPE(415, "The body's type is not read here"),
        MISDIRECTED(421, "Another authority takes changes"),
        INVALID(422, "A field has a value that is not accepted"),
        KEY_REUSED(422, "The Idempotency-Key was used for another request"),
        RELOAD_FAILED(500, "Not everything could be reloaded"),
        INTERNAL(500, "The server failed"),
        BUSY(503, "Others are writing: try again"),
        UNAVAILABLE(503, "The store cannot be used now");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /// The HTTP status that means the same.
        public int status() {
            return status;
        }

        public String title() {
            return title;
        }
    }

    // As reasons end: "... stays assigned (SS-01)".
    private static final Pattern RULE = Pattern.compile("\\(([A-Z]{2}-\\d{2})\\)");

    private final Kind kind;
    private final String field;
    private final String rule;

    private ApiException(Kind kind, String field, String detail) {
        super(detail);
        this.kind = kind;
        this.field = field;
        Matcher named = RULE.matcher(detail);
        this.rule = named.find() ? named.group(1) : "";
    }

    /// @param detail what is wrong and what to do, ending in the requirement in parentheses where
    ///   there is one
    public static ApiException of(Kind kind, String detail) {
        return new ApiException(kind, "", detail);
    }

    /// @param name of the field at fault
    public static ApiException field(String name, String detail) {
        return new ApiException(Kind.INVALID, name, detail);
    }

    public Kind kind() {
        return kind;
    }

    public Optional<String> field() {
        return field.isEmpty() ? Optional.empty() : Optional.of(field);
    }

    /// The requirement that forbids it, such as `SS-01`.
    public Optional<String> rule() {
        return rule.isEmpty() ? Optional.empty() : Optional.of(rule);
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
