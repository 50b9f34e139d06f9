package org.precertocsp.loadtest.compare;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import org.precertocsp.loadtest.report.TargetResult;

/// Growth as text.
public final class ScaleTable {
    private static final double MEGABYTE = 1e6;

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
                "  %13s %10s %12s %10s %10s %12s %9s %9s %9s",
                "serials",
                "CSV s",
                "records/s",
                "CRL s",
                "entries",
                "disk/serial",
                "start ms",
                "RSS MB",
                "RSS after");
        for (ScaleStep step : scale.steps()) {
            line(
                    "  %,13d %10.2f %,12.0f %10.2f %,10d %12.1f %,9d %,9.0f %,9.0f",
                    step.serials(),
                    step.load().time().toMillis() / 1000.0,
                    step.load().perSecond(),
                    step.crlLoad().time().toMillis() / 1000.0,
                    step.crlLoad().records(),
                    step.diskPerSerial(),
                    step.startUp().toMillis(),
                    step.residentAtStart() / MEGABYTE,
                    step.residentAfter() / MEGABYTE);
        }
    }

    private void requests(ScaleReport scale) {
        line("");
        line(
                "  %13s  %-26s %11s %9s %9s %9s  %s",
                "serials", "asked about", "answers/s", "CPU µs", "p50 µs", "p99 µs", "limit");
        for (ScaleStep step : scale.steps()) {
            ScaleStep.Requests requests = step.requests();
            String once = requests.onceExhausted() ? "each once, then again" : "each once";
            request(step.serials(), once, requests.once());
            request(step.serials(), "popular ones (Zipf 1.0)", requests.zipf());
            request(step.serials(), "unassigned ones", requests.unassigned());
            request(step.serials(), "some of them, all good", step.revocation().before());
            request(step.serials(), "the same, once revoked", step.revocation().after());
            request(step.serials(), "all over, once revoked", step.revocation().everywhere());
        }
    }

    private void request(long serials, String name, Measurement sample) {
        line(
                "  %,13d  %-26s %,11.0f %9.2f %,9.0f %,9.0f  %s%s",
                serials,
                name,
                sample.perSecond(),
                sample.cpuMicros(),
                sample.latency().p50(),
                sample.latency().p99(),
                sample.limit(),
                sample.isVoid()
                        ? "; VOID: %,d failed, %,d wrong".formatted(sample.failed(), sample.wrong())
                        : "");
    }

    private void targets(ScaleReport scale) {
        line("");
        line("  %-2s %-66s %12s %12s  %s", "#", "target", "want", "seen", "verdict");
        for (TargetResult target : scale.targets()) {
            line(
                    "  %-2s %-66s %12s %12s  %s",
                    target.number(),
                    target.what(),
                    target.want(),
                    target.seen(),
                    target.outcome().name().toLowerCase(Locale.ROOT));
        }
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
