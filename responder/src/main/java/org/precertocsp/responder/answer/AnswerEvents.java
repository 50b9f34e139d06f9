package org.precertocsp.responder.answer;

import java.util.function.Consumer;

/// Callbacks of [AnswerService]; all run on the thread that answers, and must not block.
///
/// @param reached a request was not answered by the layers before this one
/// @param requested a response that may be stored was requested. Memory holds no answer past its
///   renewal, so every response that is requested at all is reported within its validity
/// @param unassigned an unassigned serial was requested
public record AnswerEvents(
        Consumer<Layer> reached,
        Consumer<ResponseKey> requested,
        UnassignedSerialListener unassigned) {
    /// In the order they are tried.
    public enum Layer {
        MEMORY("memory"),
        DISK("disk"),
        SIGNER("signer");

        private final String label;

        Layer(String label) {
            this.label = label;
        }

        /// Its name in metrics, traces and the console.
        public String label() {
            return label;
        }
    }

    /// Reports nothing.
    public static final AnswerEvents NONE =
            new AnswerEvents(_ -> {}, _ -> {}, UnassignedSerialListener.NONE);
}
