package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertJson;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `alerts list`.
@Command(
        name = "list",
        description =
                "List alerts nobody has acknowledged, the worst first: open ones, then critical"
                        + " ones that ended by themselves. Counts may be some seconds behind the"
                        + " server's.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no alert is open; critical ones that ended may be listed",
            "1:alerts are open",
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp alerts list -c precert-ocsp.yaml",
            "  precert-ocsp alerts list -c precert-ocsp.yaml --all --json"
        })
final class AlertsListCommand implements Callable<Integer> {
    private static final Comparator<Alert> OPEN_AND_WORST_FIRST =
            Comparator.comparing((Alert alert) -> !alert.isOpen())
                    .thenComparing(alert -> !alert.isUnseen())
                    .thenComparing(Alert::severity)
                    .thenComparing(Alert::raisedAt);

    /// A line of `--json`.
    private record Line(AlertJson alert, boolean overdue) {}

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--all",
            description = "Also those acknowledged or ended, the newest thousand of each.")
    private boolean all;

    @Option(names = "--json", description = "Print one JSON object for each, instead of text.")
    private boolean json;

    private final AlertBooks alerts;
    private final InstantSource clock;

    AlertsListCommand(AlertBooks alerts, InstantSource clock) {
        this.alerts = alerts;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, ConfigRefused {
        PrintWriter out = spec.commandLine().getOut();
        Instant now = clock.instant();
        List<Alert> known =
                alerts.of(config.read()).all().stream()
                        .filter(alert -> all || alert.isOpen() || alert.isUnseen())
                        .sorted(OPEN_AND_WORST_FIRST)
                        .toList();
        for (Alert alert : known) {
            if (json) {
                out.println(Json.line(new Line(AlertJson.of(alert), alert.isOverdue(now))));
            } else {
                print(out, alert, now);
            }
        }
        if (!json && known.stream().noneMatch(Alert::isOpen)) {
            out.println("no alert is open");
        }
        out.flush();
        return known.stream().anyMatch(Alert::isOpen) ? ExitCodes.REFUSED : ExitCodes.OK;
    }

    private static void print(PrintWriter out, Alert alert, Instant now) {
        out.println(
                "%s  %-9s %s  %s%s"
                        .formatted(
                                alert.id(),
                                alert.severity(),
                                alert.kind(),
                                Printable.of(alert.about()),
                                alert.seen().count() > 1
                                        ? "  (" + alert.seen().count() + " times)"
                                        : ""));
        out.println("    " + Printable.of(alert.what()));
        out.println(
                "    raised %s, last %s, %s"
                        .formatted(
                                seconds(alert.raisedAt()),
                                seconds(alert.seen().last()),
                                state(alert, now)));
    }

    private static String state(Alert alert, Instant now) {
        String ended = alert.ending().map(it -> "ended %s".formatted(seconds(it.at()))).orElse("");
        if (alert.acknowledgement().isPresent()) {
            Acknowledgement by = alert.acknowledgement().get();
            String note = by.note().isEmpty() ? "" : ": " + Printable.of(by.note());
            return "%sacknowledged %s by %s%s"
                    .formatted(
                            ended.isEmpty() ? "" : ended + ", ",
                            seconds(by.at()),
                            Printable.of(by.by()),
                            note);
        }
        if (alert.hasEnded()) {
            return alert.isUnseen() ? ended + ", nobody has acknowledged it" : ended;
        }
        return "%s by %s"
                .formatted(
                        alert.isOverdue(now) ? "OVERDUE, was to be acknowledged" : "acknowledge",
                        seconds(alert.deadline()));
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
