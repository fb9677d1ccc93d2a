#pragma once
#include <array>
#include <cstdint>

/// Constant tables of ITU-T G.729 Annex B.
namespace codecs::g729 {

/// autocorrelation of the low-band filter of the VAD (B.3.1).
inline constexpr std::array<std::int16_t, 13> kLowBandCorrelation = {7869, 7011, 4838, 2299, 321, -660, -782,
                                                                     -484, -164, 3,    39,   21,  4};
/// Shift and Q15 factor of 32 / (32 - i): means over the first 32 frames less i quiet ones (B.3.3).
inline constexpr std::array<std::int16_t, 33> kVadStartShift = {
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 0};
inline constexpr std::array<std::int16_t, 33> kVadStartFactor = {
    32767, 16913, 17476, 18079, 18725, 19418, 20165, 20972, 21845, 22795, 23831,
    24966, 26214, 27594, 29127, 30840, 32767, 17476, 18725, 20165, 21845, 23831,
    26214, 29127, 32767, 18725, 21845, 26214, 32767, 21845, 32767, 32767, 0};
/// SID gain quantiser: scale per number of summed frames (B.4.2.1).
inline constexpr std::array<std::int16_t, 3> kSidFactor = {410, 26, 13};
inline constexpr std::array<std::int16_t, 3> kSidMargin = {0, 0, 1};
/// decoded SID gain (B.4.2.1).
inline constexpr std::array<std::int16_t, 32> kSidGain = {
    2,   5,   8,   13,   20,   32,   50,   64,   80,   101,  127,  160,  201,  253,   318,   401,
    505, 635, 800, 1007, 1268, 1596, 2010, 2530, 3185, 4009, 5048, 6355, 8000, 10071, 12679, 15962};
/// 1 - sum of the SID LSF predictors, Q15 (B.4.2.2).
inline constexpr std::array<std::array<std::int16_t, 10>, 2> kSidPredictorRest = {
    {{7798, 8447, 8205, 8293, 8126, 8477, 8447, 8703, 9043, 8604},
     {10514, 12402, 12833, 11914, 11447, 11670, 11132, 11311, 11844, 11447}}};
/// its inverse, Q12.
inline constexpr std::array<std::array<std::int16_t, 10>, 2> kSidPredictorRestInverse = {
    {{17210, 15888, 16357, 16183, 16516, 15833, 15888, 15421, 14840, 15597},
     {12764, 10821, 10458, 11264, 11724, 11500, 12056, 11865, 11331, 11724}}};
/// entries of kLspFirstStage that the SID quantiser may use (B.4.2.2).
inline constexpr std::array<std::int16_t, 32> kSidFirstStage = {
    96, 52,  20, 54,  86, 114, 82, 68,  36, 121, 48, 92,  18,  120, 94,  124,
    50, 125, 4,  100, 28, 76,  12, 117, 81, 22,  90, 116, 127, 21,  108, 66};
/// entries of kLspSecondStage, low and high half.
inline constexpr std::array<std::array<std::int16_t, 16>, 2> kSidSecondStage = {
    {{31, 21, 9, 3, 10, 2, 19, 26, 4, 3, 11, 29, 15, 27, 21, 12},
     {16, 1, 0, 0, 8, 25, 22, 20, 19, 23, 20, 31, 4, 31, 20, 31}}};
/// weights of the two predictors in the candidate search.
inline constexpr std::array<std::int16_t, 2> kSidPredictorWeight = {8644, 16572};

}  // namespace codecs::g729
