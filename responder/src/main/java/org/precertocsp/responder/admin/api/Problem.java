package org.precertocsp.responder.admin.api;

import java.util.Locale;
import java.util.Optional;
import org.precertocsp.responder.admin.change.Objection;

/// A refusal as RFC 9457 writes it; its JSON has these fields.
///
/// @param type where its kind is explained, relative to the server
/// @param field the field at fault
/// @param rule the requirement it breaks
record Problem(
        String type,
        String title,
        int status,
        String detail,
        Optional<String> field,
        Optional<String> rule) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(Objection objection) {
        Objection.Kind kind = objection.kind();
        return new Problem(
                Routes.PROBLEMS + "/" + name(kind),
                kind.title(),
                kind.status(),
                objection.detail(),
                objection.field(),
                objection.rule());
    }

    /// As in its address: `not-found`.
    static String name(Objection.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
