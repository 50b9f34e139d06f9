package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.precertocsp.loadtest.report.HtmlEscaper;

/// Growth as one self-contained page: a plot for each cost, the number of serials on a logarithmic
/// axis.
public final class ScalePage {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 200;
    private static final int MARGIN = 60;

    private record Plot(String title, ToDoubleFunction<ScaleStep> cost) {}

    private static final List<Plot> PLOTS =
            List.of(
                    new Plot(
                            "CSV records loaded per second",
                            step -> step.loads().csv().perSecond()),
                    new Plot("disk per serial, bytes", ScaleStep::diskPerSerial),
                    new Plot("disk per stored response, bytes", ScaleStep::diskPerResponse),
                    new Plot(
                            "start to first answer, two processors, ms",
                            step -> step.start().twoProcessors().toMillis()),
                    new Plot("resident memory after, MB", step -> step.resident().most() / 1e6),
                    new Plot("answers/s, live", step -> step.requests().live().perSecond()),
                    new Plot("answers/s, stored", step -> step.requests().stored().perSecond()),
                    new Plot("answers/s, Zipf 1.0", step -> step.requests().zipf().perSecond()),
                    new Plot(
                            "answers/s, unassigned",
                            step -> step.requests().unassigned().perSecond()),
                    new Plot(
                            "p99 µs, Zipf 1.0, saturated",
                            step -> step.requests().zipf().latency().p99()));

    private ScalePage() {}

    public static String of(ScaleReport scale) {
        return """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>precert-load scale</title>
        <style>body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
        figure{display:inline-block;margin:.5rem}svg text{font:11px system-ui}pre{overflow:auto}</style>
        <h1>precert-load scale</h1>
        %s
        <pre>%s</pre></html>
        """
                .formatted(
                        PLOTS.stream()
                                .map(plot -> figure(plot, scale.steps()))
                                .collect(Collectors.joining()),
                        HtmlEscaper.text(ScaleTable.of(scale)));
    }

    private static String figure(Plot plot, List<ScaleStep> steps) {
        double top = steps.stream().mapToDouble(plot.cost()).max().orElse(1);
        double low = Math.log10((double) steps.getFirst().serials());
        double span = Math.max(1, Math.log10((double) steps.getLast().serials()) - low);
        StringBuilder points = new StringBuilder();
        StringBuilder marks = new StringBuilder();
        for (ScaleStep step : steps) {
            double cost = plot.cost().applyAsDouble(step);
            double x =
                    MARGIN
                            + (WIDTH - 2 * MARGIN)
                                    * (Math.log10((double) step.serials()) - low)
                                    / span;
            double y = HEIGHT - 30 - (HEIGHT - 60) * cost / Math.max(1e-9, top);
            points.append("%.1f,%.1f ".formatted(x, y));
            marks.append(
                    """
                    <circle cx="%1$.1f" cy="%2$.1f" r="3" fill="#3b6ea5"/>\
                    <text x="%1$.1f" y="%3$.1f" text-anchor="middle">%4$,.1f</text>\
                    <text x="%1$.1f" y="%5$d" text-anchor="middle">%6$,d</text>
                    """
                            .formatted(x, y, y - 8, cost, HEIGHT - 8, step.serials()));
        }
        return """
        <figure><figcaption>%s</figcaption><svg width="%d" height="%d" role="img">
        <line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#999"/>
        <polyline points="%s" fill="none" stroke="#3b6ea5"/>%s</svg></figure>
        """
                .formatted(
                        plot.title(),
                        WIDTH,
                        HEIGHT,
                        MARGIN,
                        HEIGHT - 30,
                        WIDTH - MARGIN,
                        HEIGHT - 30,
                        points,
                        marks);
    }
}
