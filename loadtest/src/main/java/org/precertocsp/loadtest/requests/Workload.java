package org.precertocsp.loadtest.requests;

/// The mix of a stream of requests.
///
/// @param seed the same seed gives the same stream
public record Workload(Shares shares, Order order, long seed) {
    /// Between 0 and 1, and independent of each other.
    ///
    /// @param get GET (RFC 6960 §A.1), the rest POST
    /// @param sha256 CertIDs under SHA-256, the rest under SHA-1
    /// @param nonce requests with a nonce of 32 bytes (RFC 9654)
    /// @param unassigned requests for serials that were never issued
    public record Shares(double get, double sha256, double nonce, double unassigned) {
        public Shares {
            requireShare("get", get);
            requireShare("sha256", sha256);
            requireShare("nonce", nonce);
            requireShare("unassigned", unassigned);
        }

        private static void requireShare(String name, double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "the share of %s is between 0 and 1, not %s".formatted(name, share));
            }
        }
    }

    /// How serials are picked.
    public sealed interface Order {
        /// Each serial once, from the first on, then again from the first.
        record Sequential() implements Order {}

        /// The n-th most popular serial has a weight of 1/n^skew.
        ///
        /// @param skew 0 = uniform; at most 5
        record Zipf(double skew) implements Order {
            public Zipf {
                if (!(skew >= 0 && skew <= 5)) {
                    throw new IllegalArgumentException(
                            "the Zipf skew is between 0 and 5, not " + skew);
                }
            }
        }
    }

    /// GET with SHA-1 for every serial in turn, the simplest stream.
    public static Workload plainGet() {
        return new Workload(new Shares(1, 0, 0, 0), new Order.Sequential(), 1);
    }

    /// As [#plainGet()], by POST.
    public static Workload plainPost() {
        return new Workload(new Shares(0, 0, 0, 0), new Order.Sequential(), 1);
    }
}
