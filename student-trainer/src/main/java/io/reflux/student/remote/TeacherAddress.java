package io.reflux.student.remote;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where one teacher answers.
 *
 * @param host name or IP address, which the teacher's certificate must be for
 * @param port port, 1 to 65535
 * @param ip which of the addresses of that name this teacher has; null: whichever the name has when connecting
 */
public record TeacherAddress(
        String host, int port, @Nullable InetAddress ip) {
    /** A teacher whose name is resolved when connecting. */
    public TeacherAddress(String host, int port) {
        this(host, port, null);
    }

    /**
     * Reads {@code host:port} or {@code [IPv6]:port}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static TeacherAddress parse(String address) {
        if (!address.matches("[^\\s:/\\[\\]]+:\\d{1,5}|\\[[0-9a-fA-F:]+]:\\d{1,5}")) {
            throw new IllegalArgumentException("address: " + address + " (expected: host:port)");
        }
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1));
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("address: " + address + " (expected: host:port, a port of 1 to 65535)");
        }
        String host = address.substring(0, colon);
        return new TeacherAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Returns where to connect to; a certificate is compared with the host even if the IP address is known. */
    SocketAddress socket() {
        if (ip == null) {
            return SocketAddress.inetSocketAddress(port, host);
        }
        try {
            return SocketAddress.inetSocketAddress(
                    new InetSocketAddress(InetAddress.getByAddress(host, ip.getAddress()), port));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("ip: " + ip + " (expected: 4 or 16 bytes)", e);
        }
    }

    /** Returns {@code host:port}, with the IP address where it is known. */
    @Override
    public String toString() {
        String shown = ip == null ? host : ip.getHostAddress();
        return (shown.indexOf(':') < 0 ? shown : "[" + shown + "]") + ":" + port;
    }
}
