package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/// Says in one line why a call of Kafka's clients failed.
final class KafkaFailure {
    private static final int PROBE_MILLIS = 1_000;

    private KafkaFailure() {}

    /// The messages of the causes that say something, outermost first.
    static String reason(Throwable failure) {
        List<String> reasons = new ArrayList<>();
        Throwable cause = failure;
        while (cause != null) {
            String message =
                    cause instanceof NoSuchFileException missing
                            ? missing.getFile() + " does not exist"
                            : cause.getMessage();
            boolean wrapper =
                    cause instanceof ExecutionException
                            || (cause.getClass() == KafkaException.class
                                    && cause.getCause() != null);
            if (!wrapper
                    && message != null
                    && reasons.stream().noneMatch(it -> it.contains(message))) {
                reasons.add(message);
            } else if (!wrapper && message == null) {
                reasons.add(cause.getClass().getSimpleName());
            }
            cause = cause.getCause();
        }
        return reasons.isEmpty() ? failure.toString() : String.join(": ", reasons);
    }

    /// The same; of a time-out, which says nothing, why the brokers cannot be reached.
    static String reason(Throwable failure, List<String> bootstrap) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (!(cause instanceof TimeoutException)) {
            return reason(failure);
        }
        List<String> unreachable = new ArrayList<>();
        for (String broker : bootstrap) {
            int colon = broker.lastIndexOf(':');
            String host = broker.substring(0, colon).replaceAll("[\\[\\]]", "");
            int port = Integer.parseInt(broker.substring(colon + 1));
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                unreachable.add(broker + ": unknown host");
            } else {
                try (Socket socket = new Socket()) {
                    socket.connect(address, PROBE_MILLIS);
                } catch (IOException e) {
                    unreachable.add(broker + ": " + e.getMessage());
                }
            }
        }
        String why = reason(failure);
        if (unreachable.isEmpty()) {
            return "the brokers accept connections and do not answer in time: " + why;
        }
        String list = String.join(", ", unreachable);
        return unreachable.size() == bootstrap.size()
                ? list
                : "%s; the others do not answer in time: %s".formatted(list, why);
    }
}
