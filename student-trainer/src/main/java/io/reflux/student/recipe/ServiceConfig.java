package io.reflux.student.recipe;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where teacher services are: exactly one of the four.
 *
 * @param address {@code host:port} of the only service, or null
 * @param addresses {@code host:port} of each, or empty
 * @param dns {@code name:port}: a service at each address of the name, looked up every few seconds; or null
 * @param addressFile a file of {@code host:port} a line, read anew every few seconds; or null
 */
public record ServiceConfig(
        @Nullable String address,
        List<String> addresses,
        @Nullable String dns,
        @Nullable String addressFile) {
    private static final String ADDRESS = "[^\\s:/\\[\\]]+:\\d{1,5}|\\[[0-9a-fA-F:]+]:\\d{1,5}";

    /**
     * Checks the settings and copies the list.
     *
     * @throws IllegalArgumentException when there is none or more than one, or an address has no port
     */
    public ServiceConfig {
        addresses = List.copyOf(addresses);
        long given = Stream.of(address != null, !addresses.isEmpty(), dns != null, addressFile != null)
                .filter(present -> present)
                .count();
        if (given > 1) {
            String second = addressFile != null ? "addressFile" : dns != null ? "dns" : "addresses";
            Setting.require(
                    false, second, "given", "absent, since another of address, addresses, dns and addressFile is");
        }
        Setting.require(given == 1, "address", "absent", "host:port");
        if (address != null) {
            requireAddress("address", address, "host:port");
        }
        for (int i = 0; i < addresses.size(); i++) {
            requireAddress("addresses[" + i + "]", addresses.get(i), "host:port");
        }
        if (dns != null) {
            requireAddress("dns", dns, "name:port");
        }
    }

    /** Only one service at an address, which is waited for when it goes away. */
    public static ServiceConfig at(String address) {
        return new ServiceConfig(address, List.of(), null, null);
    }

    private static void requireAddress(String key, String value, String expected) {
        boolean sound = value.matches(ADDRESS);
        int port = sound ? Integer.parseInt(value.substring(value.lastIndexOf(':') + 1)) : 0;
        Setting.require(port >= 1 && port <= 65535, key, value, expected);
    }
}
