package io.reflux.quantization.equalization;

import java.util.List;

/**
 * Two layers with nothing between them that minds a factor for each channel.
 *
 * @param first name of the layer that makes the channels
 * @param second name of the layer that reads them
 * @param numChannels how many there are
 * @param made the first layer's weight, a slice for each output
 * @param shifts what is added to the channels: the first layer's bias
 * @param read the second layer's weight, a slice for each input
 */
record LayerPair(
        String first,
        String second,
        int numChannels,
        ChannelSlices made,
        List<ChannelSlices> shifts,
        ChannelSlices read) {

    LayerPair {
        shifts = List.copyOf(shifts);
    }
}
