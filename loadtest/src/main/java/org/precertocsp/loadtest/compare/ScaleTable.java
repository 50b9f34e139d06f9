package org.precertocsp.loadtest.compare;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import org.precertocsp.loadtest.report.TargetResult;

/// Growth as text.
public final class ScaleTable {
    private static final double MEGABYTE = 1e6;
    private static final double MILLIS = 1_000;

    private final StringBuilder text = new StringBuilder();

    private ScaleTable() {}

    public static String of(ScaleReport scale) {
        ScaleTable table = new ScaleTable();
        table.line("%s, on %s", scale.settings(), scale.origin().machine());
        table.line("  %s, commit %s", scale.origin().version(), scale.origin().commit());
        scale.remarks().forEach(remark -> table.line("  note: %s", remark));
        table.costs(scale);
        table.requests(scale);
        table.targets(scale);
        return table.text.toString();
    }

    private void costs(ScaleReport scale) {
        line("");
        line(
                "  %13s %12s %12s %8s %10s %10s %8s %9s",
                "serials",
                "CSV rec/s",
                "index rec/s",
                "CRL s",
                "entries",
                "B/status",
                "B/resp.",
                "signed/s");
        for (ScaleStep step : scale.steps()) {
            ScaleStep.Load index = step.loads().index();
            line(
                    "  %,13d %,12.0f %12s %8.2f %,10d %10.1f %8.1f %,9.0f",
                    step.serials(),
                    step.loads().csv().perSecond(),
                    index == null ? "" : "%,.0f".formatted(index.perSecond()),
                    step.loads().crl().time().toMillis() / MILLIS,
                    step.loads().crl().records(),
                    step.diskPerSerial(),
                    step.diskPerResponse(),
                    step.presigning().perSecond());
        }
        line("");
        line(
                "  %13s %11s %11s %8s %11s %10s %9s %9s %9s",
                "serials",
                "start ms",
                "on 1 core",
                "RSS MB",
                "after live",
                "RSS after",
                "revoked",
                "ack. s",
                "signed s");
        for (ScaleStep step : scale.steps()) {
            line(
                    "  %,13d %,11d %,11d %,8.0f %,11.0f %,10.0f %,9d %9.2f %9.2f",
                    step.serials(),
                    step.start().twoProcessors().toMillis(),
                    step.start().oneProcessor().toMillis(),
                    step.resident().atStart() / MEGABYTE,
                    step.resident().afterLive() / MEGABYTE,
                    step.resident().after() / MEGABYTE,
                    step.revocation().revoked(),
                    step.revocation().acknowledged().toMillis() / MILLIS,
                    step.revocation().resigned().toMillis() / MILLIS);
        }
    }

    private void requests(ScaleReport scale) {
        line("");
        line(
                "  %13s  %-30s %11s %9s %9s %9s %7s  %s",
                "serials",
                "asked about",
                "answers/s",
                "CPU µs",
                "p50 µs",
                "p99.9 µs",
                "driver",
                "limit");
        for (ScaleStep step : scale.steps()) {
            ScaleStep.Requests requests = step.requests();
            String live =
                    requests.liveExhausted() ? "each once, live, then again" : "each once, live";
            MassRevocation mass = step.revocation();
            request(step.serials(), live, requests.live());
            request(step.serials(), "unassigned ones", requests.unassigned());
            request(step.serials(), "each once, stored", requests.stored());
            request(step.serials(), "some, cached", requests.cached());
            request(step.serials(), "popular ones (Zipf 1.0)", requests.zipf());
            request(step.serials(), "some of them, all good", mass.before());
            request(step.serials(), "all over, while revoking", mass.during());
            request(step.serials(), "the same, once revoked", mass.after());
            request(step.serials(), "all over, once signed again", mass.everywhere());
        }
    }

    private void request(long serials, String name, Measurement sample) {
        line(
                "  %,13d  %-30s %,11.0f %9.2f %,9.0f %,9.0f %6.0f%%  %s%s",
                serials,
                name,
                sample.perSecond(),
                sample.cpuMicros(),
                sample.latency().p50(),
                sample.latency().p999(),
                100 * sample.driverShare(),
                sample.limit(),
                sample.isVoid()
                        ? "; VOID: %,d failed, %,d wrong".formatted(sample.failed(), sample.wrong())
                        : "");
    }

    private void targets(ScaleReport scale) {
        line("");
        line(
                "  %-2s %-92s %12s %12s  %-8s %s",
                "#", "target", "want", "seen", "verdict", "figures");
        for (TargetResult target : scale.targets()) {
            line(
                    "  %-2s %-92s %12s %12s  %-8s %s",
                    target.number(),
                    target.what(),
                    target.want(),
                    target.seen(),
                    target.outcome().name().toLowerCase(Locale.ROOT),
                    target.figures());
        }
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
