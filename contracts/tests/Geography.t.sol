// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Geography} from "../src/Geography.sol";
import {Test} from "./Test.sol";

contract GeographyTest is Test {
    /// @dev Computed outside, in double precision: two places (latitude, longitude, in millionths of a degree, 4 bytes each) and,
    /// in millimetres, 8 bytes each, the great circle of the mean sphere (6,371,008.8 m; haversine) and the geodesic of
    /// WGS 84 (Vincenty). The sixteenth is the example of Vincenty's paper, Flinders Peak to Buninyon, some 54,972 m.
    function _vectors() private pure returns (bytes32[60] memory) {
        return [
            bytes32(hex"0000000000000000000f4240000000000000000006a0b3c80000000006973b34"),
            hex"000000000000000000000000000f42400000000006a0b3c80000000006a299c2",
            hex"0000000000000000055d4a800000000000000002547f3465000000025429e2a1",
            hex"000000000000000000000000055d4a8000000002547f346500000002552a0e7b",
            hex"055d4a80000000000555a9600000000000000000035059e4000000000354283f",
            hex"faa2b58000000005faaa56a0f5de018000000000035059e4000000000354283f",
            hex"055d4a8000989680055d4a80fa0a1f0000000000000000000000000000000000",
            hex"055d4a7f00000000055d4a7f0aba950000000000000000de00000000000000df",
            hex"000000000aba94ff00000000f5456b0100000000000000de00000000000000de",
            hex"031975000aba950003197500f5456b0000000000000000000000000000000000",
            hex"fefc99c00ab90e60fefc99c0f546f1a0000000000144834b000000000144f80d",
            hex"0260e3c806f03c6801dc89c0073d8aa4000000003f9de21d000000003f8786d9",
            hex"0311d69cfffe1948026cde30fb962bac000000014c496e9d000000014d2e7457",
            hex"fdfb340009034554fdeffd4cfc852ae000000002bf663a3a00000002c0c2b4e2",
            hex"02e98520002302e402e98db80023ab40000000000030418700000000003066ae",
            hex"fdbce9c7089bbfa4fdc176ab089424e00000000003461897000000000346cf43",
            hex"00000001000000010000000200000001000000000000006f000000000000006e",
            hex"00000001000000010000000100000002000000000000006f000000000000006f",
            hex"04a9976000eec0b404a9976000fe02f400000000015a4acb00000000015bcc0c",
            hex"0426c33001213c240426c33001307e6400000000024e0cf400000000025074e2",
            hex"0510ff40000000000510ff40001e8480000000000127bd630000000001290f20",
            hex"03f767a50a3b07e603f99c340a43c0400000000001c84cdd0000000001c9f6d7",
            hex"03b8f167f81cede603c063cdf807a9dd00000000055495a300000000055905ac",
            hex"00f910effb382b0c00f910bdfb382abf00000000000026c100000000000026bb",
            hex"fbefaef7f8800fd2fbed5255f877018e0000000001c836840000000001c9e867",
            hex"fc86d29ff6f85b57fc869906f6f902e600000000002db7b400000000002ddabe",
            hex"fffb4c94f6b57f4afffb4c98f6b57ef100000000000026b200000000000026bd",
            hex"fb8fc9cc0458ee5efb9c08eb0453620400000000055c3fd60000000005615dd8",
            hex"fde3a7b9048ab270fdecf4d20494a3fc00000000055df94b00000000055d8951",
            hex"04f22e30ff90b5d904eec9d7ffa3bb830000000001cb8ad60000000001cd8c43",
            hex"00ac110307e801fb00a8d78707ea9c1d0000000001c950340000000001c8121c",
            hex"fb83c6ec0677d206fb89a5d0064d347d0000000005691b7300000000056edf2c",
            hex"030ba124fdb3bf54030b813efdb45f1000000000002dba7000000000002ddc81",
            hex"fba4e055ffd4edfafba0c43dffd5696c0000000001c93ec70000000001cae8fd",
            hex"fe4ec29dfdd82a16fe4ec2b8fdd829b500000000000026e000000000000026ee",
            hex"023f1822098a690702404346097ae41a00000000055b0a1800000000055e3ec5",
            hex"ff8f4fc6fb406147ff8f4899fb40598400000000000492240000000000048fef",
            hex"024a57a30398c5a7024653280389e22400000000055df8c1000000000560ae03",
            hex"04eaaa9bfac3264204ee8698fab84a710000000001c8560a0000000001ca5018",
            hex"fb4d5778f951675efb4d277cf94f843c00000000002db46400000000002de6c7",
            hex"019a6d6c062e08d2019a67d0062e12ce0000000000049232000000000004928a",
            hex"04ecf231feb2867404ed4cd7feb0e4c900000000002db4d700000000002de7bb",
            hex"030d1d7cfff016c6030ebb0ffff61f6a0000000001c8cdcc0000000001ca0fef",
            hex"0365622703365a950365279a0335ba0f00000000002dbb0e00000000002ddc92",
            hex"049f52a4f5d60a3a049ffbaaf5e8ddf00000000001c87a940000000001ca739f",
            hex"02b258e1f78841db02b2619af7884a3900000000000492690000000000049306",
            hex"00116e26f6358219000d6bcff6366c450000000001c93fe00000000001c6d9a3",
            hex"fdfa36aa04d45b67fdfa30ee04d450c400000000000492440000000000049332",
            hex"011222c3fff8ed3afecc6c5e08aa42ce00000003d2dfec2a00000003d3a93482",
            hex"ff89483ffdf69d51faff4302ff6cda8900000001fc6ba1b300000001fc3617aa",
            hex"ffec273d009c0745fe117cb0ff9e5bc200000000e6ccc30e00000000e6082df8",
            hex"01f02fa90857a2dffd08605906f6765b0000000232378b9700000002303866b4",
            hex"0068f71b0182c0a603f6f23a07fedd71000000025b30f86d000000025b721b87",
            hex"03ac64f9f6ab5550fc2a45cc0257c58e00000004762ccb120000000475ae5e20",
            hex"04dafba7055e3454fbfa56a6ff5223620000000414c8984b000000041390e352",
            hex"fcae5df0f915a9bcfffc1417fb48c40f00000001a150cd9200000001a088c529",
            hex"ffd5d010057d1d810439318f05734d2d00000001e7f4839700000001e6ff5221",
            hex"03b2254302aa950fffb805e3f83f5a92000000032c6cdb13000000032c9b7b1d",
            hex"fe8f9530f613bf5afdb7dda6fe78dd6600000002c902b4fe00000002ca3b0b4b",
            hex"03177503f71770b1fc1893e3fdef136c00000003c3b0160b00000003c29c80a4"
        ];
    }

    function test_vectors_neverAboveTheWay_andCloseBelow() public pure {
        bytes32[60] memory vectors = _vectors();
        uint256 near = 0;
        for (uint256 i = 0; i < vectors.length; ++i) {
            (int32 a, int32 b, int32 c, int32 d, uint256 circle, uint256 geodesic) = _read(vectors[i]);
            uint256 metres = Geography.distance(a, b, c, d);
            vm.assertTrue(metres * 1000 <= circle && metres * 1000 <= geodesic, "never above");
            vm.assertEq(Geography.distance(c, d, a, b), metres, "symmetric");
            if (circle > 100_000_000) continue;
            ++near;
            vm.assertTrue((metres + 1) * 1000 >= circle * 994 / 1000, "by less than 0.6 %");
        }
        vm.assertTrue(near > 30, "enough near ones");
    }

    /// @dev An arc of a great circle is as long as its angle: along a meridian, over the pole, along the equator.
    function test_arcs_neverAbove_andCloseBelow(uint32 from, uint32 degrees_, uint32 around) public pure {
        int256 start = int256(_bound(from, 0, 360e6)) - 180e6;
        uint256 angle = _bound(degrees_, 0, 900_000); // up to 100 km
        uint256 millimetres = angle * 111_195_080 / 1e6; // of the mean sphere
        int256 end = start + int256(angle);
        uint256 east = Geography.distance(0, int32(start), 0, int32(end > 180e6 ? end - 360e6 : end));
        _isClose(east, millimetres);
        int256 meridian = int256(_bound(around, 0, 180e6)) - 180e6;
        (int256 south, int256 beyond) = (start / 2, start / 2 + int256(angle));
        if (beyond <= 90e6) {
            _isClose(_distance(south, meridian, beyond, meridian), millimetres);
        } else {
            _isClose(_distance(south, meridian, 180e6 - beyond, meridian + 180e6), millimetres);
        }
    }

    function test_equalPlaces_areNotApart(int32 latitude, int32 longitude) public pure {
        int256 lat = int256(_bound(uint256(int256(latitude) + 2 ** 31), 0, 180e6)) - 90e6;
        int256 lon = int256(_bound(uint256(int256(longitude) + 2 ** 31), 0, 360e6)) - 180e6;
        vm.assertEq(_distance(lat, lon, lat, lon), 0);
        vm.assertEq(_distance(90e6, lon, 90e6, -lon), 0, "a pole has one place");
        vm.assertEq(_distance(-90e6, lon, -90e6, 180e6), 0, "and the other");
        vm.assertEq(_distance(lat, 180e6, lat, -180e6), 0, "the date line has two names");
    }

    /// @dev Nothing underflows, nothing is longer than half around, and direction does not matter.
    function test_anyTwoPlaces(uint32 a, uint32 b, uint32 c, uint32 d) public pure {
        int256 lat = int256(_bound(a, 0, 180e6)) - 90e6;
        int256 lon = int256(_bound(b, 0, 360e6)) - 180e6;
        int256 otherLat = int256(_bound(c, 0, 180e6)) - 90e6;
        int256 otherLon = int256(_bound(d, 0, 360e6)) - 180e6;
        uint256 metres = _distance(lat, lon, otherLat, otherLon);
        vm.assertTrue(metres <= 2 * 6_335_439, "a diameter");
        vm.assertEq(_distance(otherLat, otherLon, lat, lon), metres, "symmetric");
        vm.assertEq(_distance(-lat, lon, -otherLat, otherLon), metres, "north as south");
        vm.assertEq(_distance(lat, -lon, otherLat, -otherLon), metres, "east as west");
    }

    /// @dev Far places are far: a worker on the other side of the Earth cannot hide behind the rounding.
    function test_antipodes_areADiameterApart() public pure {
        uint256 least = 2 * 6_335_439 - 4500;
        vm.assertTrue(_distance(90e6, 0, -90e6, 0) > least, "poles");
        vm.assertTrue(_distance(0, 0, 0, 180e6) > least, "equator");
        vm.assertTrue(_distance(0, -90e6, 0, 90e6) > least, "equator");
        vm.assertTrue(_distance(45e6, 10e6, -45e6, -170e6) > least, "between");
    }

    function test_smallestSteps_doNotUnderflow() public pure {
        for (int256 step = 0; step < 40; ++step) {
            uint256 metres = _distance(0, 0, step, 0);
            vm.assertTrue(
                metres == uint256(step) * 110_574 / 1e6 || metres + 1 == uint256(step) * 110_574 / 1e6, "north"
            );
            vm.assertTrue(_distance(90e6, 0, 90e6 - step, 0) == metres, "from the pole");
            vm.assertTrue(_distance(90e6 - step, 0, 90e6 - step, 90e6) <= (metres + 1) * 2, "around the pole");
        }
    }

    function test_isPlace_upToThePolesAndTheDateLine() public pure {
        vm.assertTrue(Geography.isPlace(90e6, 180e6) && Geography.isPlace(-90e6, -180e6), "corners");
        vm.assertTrue(!Geography.isPlace(90e6 + 1, 0) && !Geography.isPlace(-90e6 - 1, 0), "latitude");
        vm.assertTrue(!Geography.isPlace(0, 180e6 + 1) && !Geography.isPlace(0, -180e6 - 1), "longitude");
        vm.assertTrue(!Geography.isPlace(type(int32).min, 0) && !Geography.isPlace(0, type(int32).min), "least");
    }

    function _isClose(uint256 metres, uint256 millimetres) private pure {
        vm.assertTrue(metres * 1000 <= millimetres, "never above");
        vm.assertTrue((metres + 1) * 1000 >= millimetres * 994 / 1000, "by less than 0.6 %");
    }

    function _distance(int256 latitude, int256 longitude, int256 otherLatitude, int256 otherLongitude)
        private
        pure
        returns (uint256)
    {
        return Geography.distance(int32(latitude), int32(longitude), int32(otherLatitude), int32(otherLongitude));
    }

    function _read(bytes32 v)
        private
        pure
        returns (int32 a, int32 b, int32 c, int32 d, uint256 circle, uint256 geodesic)
    {
        (a, b) = (int32(uint32(bytes4(v))), int32(uint32(bytes4(v << 32))));
        (c, d) = (int32(uint32(bytes4(v << 64))), int32(uint32(bytes4(v << 96))));
        (circle, geodesic) = (uint64(bytes8(v << 128)), uint64(uint256(v)));
    }
}
