package org.precertocsp.loadtest.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// A line plot as inline SVG, coloured by the page's style sheet.
///
/// @param xLabel formats a position on the horizontal axis
/// @param logarithmic the vertical axis; from 1000 (nanoseconds) up
public record SvgLinePlot(
        String title,
        List<Line> lines,
        DoubleFunction<String> xLabel,
        DoubleFunction<String> yLabel,
        boolean logarithmic) {
    /// @param xs rising
    public record Line(String name, List<Double> xs, List<Double> ys) {}

    private static final int WIDTH = 760;
    private static final int HEIGHT = 300;
    private static final int LEFT = 74;
    private static final int RIGHT = 14;
    private static final int TOP = 14;
    private static final int BOTTOM = 32;
    private static final int TICKS = 5;
    private static final int COLOURS = 6;
    private static final double LOWEST_LOG = 1_000;

    public String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("<figure><figcaption>")
                .append(HtmlEscaper.text(title))
                .append("</figcaption>\n");
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\">\n".formatted(WIDTH, HEIGHT));
        Axis across = new Axis(0, Math.max(1e-9, highest(true)), false);
        Axis up =
                logarithmic
                        ? new Axis(LOWEST_LOG, Math.max(10 * LOWEST_LOG, highest(false)), true)
                        : new Axis(0, Math.max(1e-9, highest(false) * 1.05), false);
        grid(svg, across, up);
        for (int i = 0; i < lines.size(); i++) {
            svg.append(path(lines.get(i), i % COLOURS, across, up));
        }
        svg.append("</svg>\n<p class=\"legend\">");
        for (int i = 0; i < lines.size(); i++) {
            svg.append(
                    "<span class=\"c%d\">%s</span> "
                            .formatted(i % COLOURS, HtmlEscaper.text(lines.get(i).name())));
        }
        return svg.append("</p></figure>\n").toString();
    }

    private double highest(boolean ofX) {
        return lines.stream()
                .flatMap(line -> (ofX ? line.xs() : line.ys()).stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
    }

    private void grid(StringBuilder svg, Axis across, Axis up) {
        for (int i = 0; i <= TICKS; i++) {
            double share = i / (double) TICKS;
            double y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
            double x = LEFT + share * (WIDTH - LEFT - RIGHT);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\""
                                    + " text-anchor=\"end\">%s</text><text x=\"%.1f\" y=\"%d\""
                                    + " text-anchor=\"middle\">%s</text>%n",
                            LEFT,
                            y,
                            WIDTH - RIGHT,
                            LEFT - 8,
                            y + 4,
                            HtmlEscaper.text(yLabel.apply(up.at(share))),
                            x,
                            HEIGHT - 10,
                            HtmlEscaper.text(xLabel.apply(across.at(share)))));
        }
    }

    private static String path(Line line, int colour, Axis across, Axis up) {
        StringBuilder path = new StringBuilder("<path class=\"line c%d\" d=\"".formatted(colour));
        for (int i = 0; i < line.xs().size(); i++) {
            double x = LEFT + across.share(line.xs().get(i)) * (WIDTH - LEFT - RIGHT);
            double y = HEIGHT - BOTTOM - up.share(line.ys().get(i)) * (HEIGHT - TOP - BOTTOM);
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", x, y));
        }
        return path.append("\"><title>")
                .append(HtmlEscaper.text(line.name()))
                .append("</title></path>\n")
                .toString();
    }

    /// Converts numbers to shares of the axis and back.
    private record Axis(double low, double high, boolean logarithmic) {
        double share(double value) {
            double share =
                    logarithmic
                            ? Math.log(Math.max(low, value) / low) / Math.log(high / low)
                            : (value - low) / (high - low);
            return Math.clamp(share, 0, 1);
        }

        double at(double share) {
            return logarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
        }
    }
}
