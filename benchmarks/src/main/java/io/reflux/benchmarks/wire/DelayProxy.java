package io.reflux.benchmarks.wire;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * Passes connections on to another address, each chunk a fixed time after it came, in both directions: what distance does, without
 * its losses. It holds what is under way, as a long line would.
 */
public final class DelayProxy {

    private final Vertx vertx;
    private final NetClient client;
    private final NetServer server;
    private final SocketAddress target;
    private final long oneWayMillis;

    private DelayProxy(Vertx vertx, SocketAddress target, long oneWayMillis) {
        this.vertx = vertx;
        this.client = vertx.createNetClient();
        this.server = vertx.createNetServer();
        this.target = target;
        this.oneWayMillis = oneWayMillis;
    }

    /**
     * Runs a proxy until it is ended: {@code DelayProxy HOST:PORT ONE_WAY_MILLIS READY_FILE}. Writes the address that students
     * connect to into the file.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: DelayProxy HOST:PORT ONE_WAY_MILLIS READY_FILE");
            System.exit(2);
        }
        String[] target = arguments[0].split(":", 2);
        DelayProxy proxy = start(
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true)),
                SocketAddress.inetSocketAddress(Integer.parseInt(target[1]), target[0]),
                Long.parseLong(arguments[1]));
        Path ready = Path.of(arguments[2]);
        Path beside = ready.resolveSibling(ready.getFileName() + ".new");
        Files.writeString(beside, proxy.address().host() + ":" + proxy.address().port());
        Files.move(beside, ready, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Listens on a free port of the loopback.
     *
     * @param oneWayMillis delay of each direction; 0 passes chunks on at once
     */
    public static DelayProxy start(Vertx vertx, SocketAddress target, long oneWayMillis) throws Exception {
        DelayProxy proxy = new DelayProxy(vertx, target, oneWayMillis);
        proxy.server.connectHandler(proxy::connected);
        proxy.server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
        return proxy;
    }

    /** Where students connect to. */
    public SocketAddress address() {
        return SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1");
    }

    private void connected(NetSocket student) {
        student.pause();
        client.connect(target).onFailure(failure -> student.close()).onSuccess(teacher -> {
            pass(student, teacher);
            pass(teacher, student);
            student.resume();
        });
    }

    private void pass(NetSocket from, NetSocket to) {
        from.handler(chunk -> later(() -> write(to, chunk)));
        from.closeHandler(closed -> later(to::close));
    }

    private static void write(NetSocket to, Buffer chunk) {
        to.write(chunk);
    }

    private void later(Runnable work) {
        if (oneWayMillis == 0) {
            work.run();
        } else {
            // Timers of one delay keep their order.
            vertx.setTimer(oneWayMillis, timer -> work.run());
        }
    }
}
