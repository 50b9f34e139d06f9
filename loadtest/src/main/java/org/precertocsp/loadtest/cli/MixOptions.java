package org.precertocsp.loadtest.cli;

import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.requests.Mix;
import picocli.CommandLine.Option;

/// The mix of requests.
final class MixOptions {
    @Option(
            names = "--get-share",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "GET requests, the rest POST; 0 to 1, as all shares (${DEFAULT-VALUE}).")
    private double get;

    @Option(
            names = "--sha256-share",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "CertIDs under SHA-256, the rest under SHA-1 (${DEFAULT-VALUE}).")
    private double sha256;

    @Option(
            names = "--nonce-share",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Requests with a nonce (${DEFAULT-VALUE}).")
    private double nonce;

    @Option(
            names = "--unassigned-share",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Requests for unassigned serials, random unless the list has some"
                            + " (${DEFAULT-VALUE}).")
    private double unassigned;

    @Option(
            names = "--zipf",
            paramLabel = "S",
            description =
                    "Popular serials more often: the n-th has a weight of 1/n^S; 0 is uniform."
                            + " Without it each serial is requested in turn.")
    private @Nullable Double zipf;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The same seed gives the same requests (${DEFAULT-VALUE}).")
    private long seed;

    /// @throws IllegalArgumentException if a number is out of range
    Mix mix() {
        Mix.Order order = zipf == null ? new Mix.Order.Sequential() : new Mix.Order.Zipf(zipf);
        return new Mix(new Mix.Shares(get, sha256, nonce, unassigned), order, seed);
    }
}
