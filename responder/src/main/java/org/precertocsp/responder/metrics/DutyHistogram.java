package org.precertocsp.responder.metrics;

import java.util.List;
import java.util.function.Supplier;
import org.precertocsp.responder.duty.DutyState;

/// The delays of first answers as a Prometheus histogram. Written by hand: the library would write
/// the ends of buckets as `900.0`, and queries may select `900`.
///
/// @param states read at every look
record DutyHistogram(Supplier<List<DutyState>> states) {
    private static final String NAME = "precertocsp_first_answer_seconds";

    void appendTo(StringBuilder text) {
        text.append("# HELP " + NAME + " From publication to the first answer (SA-01).\n");
        text.append("# TYPE " + NAME + " histogram\n");
        states.get().forEach(state -> append(state, text));
    }

    private static void append(DutyState state, StringBuilder text) {
        String labels =
                "issuer=\"%s\",basis=\"%s\"".formatted(escaped(state.issuer()), state.basis());
        long total = 0;
        for (int i = 0; i < state.counts().size(); i++) {
            total += state.counts().get(i);
            String end =
                    i < state.bounds().size()
                            ? Long.toString(state.bounds().get(i).toSeconds())
                            : "+Inf";
            text.append("%s_bucket{%s,le=\"%s\"} %d\n".formatted(NAME, labels, end, total));
        }
        text.append("%s_sum{%s} %s\n".formatted(NAME, labels, state.seconds()));
        text.append("%s_count{%s} %d\n".formatted(NAME, labels, total));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
