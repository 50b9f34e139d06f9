package org.precertocsp.responder.it;

import java.nio.file.Files;
import java.nio.file.Path;
import org.precertocsp.responder.intake.ctlog.TestLogServer.Api;

/// Reads a log of each kind with `load ct-log` as built, kills it at random points, compares the
/// stores and asks about every serial with `openssl ocsp`; run by hand in the folder `responder`,
/// after `mvn package`, with the test class path: `java -cp … CtLogMeasurement ENTRIES KILLS
/// [SEED]`.
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
            CtLogDrill.Outcome outcome = new CtLogDrill(directory, entries, seed).run(api, kills);
            System.out.printf(
                    "%s: %,d entries read in %.1f s (%,.0f a second); %d of %d killed, the same"
                            + " store; all %,d serials good, a stranger unauthorized%n",
                    api,
                    outcome.entries(),
                    outcome.undisturbed().toMillis() / 1e3,
                    outcome.entries() * 1e3 / outcome.undisturbed().toMillis(),
                    outcome.killed(),
                    kills,
                    outcome.serials());
        }
    }
}
