package io.reflux.benchmarks.streaming;

/** Two ends of one stack on the loopback: a server that sends label messages as fast as it may, and a client that reads them. */
interface MessageStream extends AutoCloseable {

    /** The stack, as the table names it. */
    String name();

    /**
     * Streams messages on a new stream and waits for the last.
     *
     * @param payloadBytes size of the payload of each message
     * @param messages how many
     * @return nanoseconds from the request to the end of the stream
     * @throws Exception if the stream breaks, or brings other messages than were sent
     */
    long stream(int payloadBytes, int messages) throws Exception;

    @Override
    void close();
}
