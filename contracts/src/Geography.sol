// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Distances on the Earth, from below
/// @notice A great circle is not shorter than its chord, chord² = 4R²(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)), the Earth's
/// radius not below the polar one, sin x >= x − x³/6 and cos x >= 1 − x²/2 + x⁴/24 − x⁶/720 up to a right angle; every
/// step rounds down. Up to 100 km the result is below the great circle by less than 0.3 %.
library Geography {
    /// @dev In millionths of a degree.
    int256 internal constant MAX_LATITUDE = 90e6;
    int256 internal constant MAX_LONGITUDE = 180e6;

    uint256 private constant POLAR_RADIUS = 6_356_752; // metres (WGS 84)
    uint256 private constant ONE = 1e12;
    /// @dev A millionth of a degree in radians, times 1e18, rounded down.
    uint256 private constant MICRODEGREE = 17_453_292_519;

    function isPlace(int32 latitude, int32 longitude) internal pure returns (bool) {
        return latitude >= -MAX_LATITUDE && latitude <= MAX_LATITUDE && longitude >= -MAX_LONGITUDE
            && longitude <= MAX_LONGITUDE;
    }

    /// @dev Both have to be places.
    function distance(int32 latitude, int32 longitude, int32 otherLatitude, int32 otherLongitude)
        internal
        pure
        returns (uint256 metres)
    {
        uint256 north = _sineOfHalf(_gap(latitude, otherLatitude));
        uint256 turn = _gap(longitude, otherLongitude);
        uint256 east = _sineOfHalf(Math.min(turn, 360e6 - turn));
        uint256 squared = north * north + _cosine(latitude) * _cosine(otherLatitude) * east / ONE * east / ONE;
        return 2 * POLAR_RADIUS * Math.sqrt(squared) / ONE;
    }

    function _gap(int256 left, int256 right) private pure returns (uint256) {
        return left > right ? uint256(left - right) : uint256(right - left);
    }

    function _sineOfHalf(uint256 angle) private pure returns (uint256) {
        uint256 x = angle * MICRODEGREE / 2e6;
        return x - Math.ceilDiv(x * x * x, 6 * ONE * ONE);
    }

    function _cosine(int256 latitude) private pure returns (uint256) {
        uint256 x = _gap(latitude, 0) * (MICRODEGREE + 1) / 1e6 + 1;
        uint256 square = x * x / ONE;
        uint256 above = ONE + square * square / (24 * ONE);
        uint256 below = Math.ceilDiv(square + 1, 2) + Math.ceilDiv((square + 1) ** 3, 720 * ONE * ONE);
        return above > below ? above - below : 0;
    }
}
