package org.precertocsp.responder.it;

import java.nio.file.Files;
import java.nio.file.Path;
import org.precertocsp.responder.intake.ctlog.TestLogServer.Api;

/// Reads a log of each kind with `load ct-log` as built, kills it until so many kills hit a load
/// under way, compares the stores and asks about every serial with `openssl ocsp`; run by hand in
/// the folder `responder`, after `mvn package`, with the test class path: `java -cp …
/// CtLogMeasurement ENTRIES KILLS [SEED]`. With fewer than 65,537 entries there is only one stretch
/// to kill in.
///
/// The log is served from memory by this process, on the same machine, and its strangers' entries
/// are 350 octets: it measures fetching, hashing, skimming, proving and storing, not a network, and
/// includes the start of the program.
public final class CtLogMeasurement {
    private CtLogMeasurement() {}

    /// @param arguments see above
    public static void main(String[] arguments) throws Exception {
        int entries = Integer.parseInt(arguments[0]);
        int kills = Integer.parseInt(arguments[1]);
        long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
        System.out.printf("seed %d%n", seed);
        for (Api api : Api.values()) {
            Path directory = Files.createTempDirectory("ct-log-" + api);
            print(api, new CtLogDrill(directory, entries, seed).run(api, kills));
        }
    }

    private static void print(Api api, CtLogDrill.Outcome outcome) {
        for (CtLogDrill.Kill kill : outcome.kills()) {
            System.out.printf(
                    "%s: kill -9 after %,5d ms, %s, entries asked for up to %,d: %s%n",
                    api,
                    kill.after().toMillis(),
                    kill.moment(),
                    kill.asked(),
                    kill.hit() ? "hit" : "too late");
        }
        System.out.printf(
                "%s: %,d entries read in %.1f s (%,.0f a second); %d kills hit a load under way,"
                        + " %d too late; %d stores killed in and read to the end, each the same as"
                        + " the undisturbed one; all %,d serials good, a stranger unauthorized%n",
                api,
                outcome.entries(),
                outcome.undisturbed().toMillis() / 1e3,
                outcome.entries() * 1e3 / outcome.undisturbed().toMillis(),
                outcome.hits(),
                outcome.kills().size() - outcome.hits(),
                outcome.stores(),
                outcome.serials());
    }
}
