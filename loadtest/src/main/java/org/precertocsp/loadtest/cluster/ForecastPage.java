package org.precertocsp.loadtest.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.precertocsp.loadtest.report.HtmlEscaper;
import org.precertocsp.loadtest.report.SvgLinePlot;

/// A forecast as one self-contained page: its table, how long changes take to each site, and how
/// far an edge and a site are behind after a cut.
public final class ForecastPage {
    private static final double NANOS = 1e9;

    private ForecastPage() {}

    public static String of(ClusterForecast forecast) {
        return """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>precert-load simulate-cluster</title>
        <style>body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
        pre{overflow:auto}svg text{font:11px system-ui}.grid{stroke:#ddd}.line{fill:none;stroke-width:2}
        .legend span{margin-right:1rem}.c0{stroke:#3b6ea5}.c1{stroke:#b5552b}.c2{stroke:#3f8f4f}
        .c3{stroke:#8a4fa3}.c4{stroke:#a38a2b}.c5{stroke:#555}.legend .c0{color:#3b6ea5}
        .legend .c1{color:#b5552b}.legend .c2{color:#3f8f4f}.legend .c3{color:#8a4fa3}
        .legend .c4{color:#a38a2b}.legend .c5{color:#555}</style>
        <h1>precert-load simulate-cluster</h1>
        <pre>%s</pre>
        %s%s</html>
        """
                .formatted(
                        HtmlEscaper.text(ForecastTable.of(forecast)),
                        propagation(forecast),
                        lag(forecast));
    }

    private static String propagation(ClusterForecast forecast) {
        List<SvgLinePlot.Line> lines = new ArrayList<>();
        for (int site = 0; site < forecast.sites().size(); site++) {
            Histogram times = forecast.sites().get(site);
            List<Double> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            for (double share = 0; share <= 99.9; share += 0.1) {
                xs.add(share);
                ys.add(times.getValueAtPercentile(share) * 1e3);
            }
            lines.add(new SvgLinePlot.Line("site " + (site + 1), xs, ys));
        }
        return new SvgLinePlot(
                        "durable to applied: of how many percent of changes it takes how long",
                        lines,
                        percent -> String.format(Locale.ROOT, "%.0f %%", percent),
                        ForecastPage::time,
                        false)
                .svg();
    }

    private static String lag(ClusterForecast forecast) {
        return new SvgLinePlot(
                        "how old the newest change was that had been applied, from the beginning of a"
                                + " cut on",
                        List.of(
                                line("an edge", forecast.edgeCut()),
                                line("a site", forecast.siteCut())),
                        ForecastTable::time,
                        ForecastPage::time,
                        false)
                .svg();
    }

    private static SvgLinePlot.Line line(String name, ClusterForecast.CatchUp cut) {
        return new SvgLinePlot.Line(
                name, cut.times(), cut.lags().stream().map(lag -> lag * NANOS).toList());
    }

    private static String time(double nanos) {
        return ForecastTable.time(nanos / NANOS);
    }
}
