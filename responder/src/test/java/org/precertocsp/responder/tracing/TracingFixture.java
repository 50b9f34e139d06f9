package org.precertocsp.responder.tracing;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.UnreadableFileException;

/// What tests of traces share.
final class TracingFixture {
    private TracingFixture() {}

    static TracingConfig config(URI endpoint, double sample) {
        return new TracingConfig(
                endpoint, sample, List.of(), Optional.empty(), Duration.ofSeconds(30));
    }

    /// Begins and ends so many spans.
    static void spans(TracingExporter traces, int count) throws UnreadableFileException {
        for (int i = 0; i < count; i++) {
            traces.loads().around(FeedKind.CRL, () -> summary(1));
        }
    }

    static LoadSummary summary(long added) {
        return new LoadSummary(
                "/in/4711.crl", "crl", Optional.empty(), added, 2, 3, 4, 0, 0, List.of(), 0);
    }
}
