// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Members} from "./Members.sol";

contract ConductMembersTest is Members {
    function test_join_makesAMember() public {
        address ada = _newMember("ada");
        IConduct.Member memory member = conduct.memberOf(ada);
        vm.assertTrue(member.active && conduct.isAllowed(ada), "a member");
        vm.assertEq(member.subject, _subject(ada));
        vm.assertEq(member.bond, BOND);
        vm.assertEq(conduct.pot(), DUES);
        vm.assertEq(token.balanceOf(address(conduct)), BOND + DUES, "escrow");
    }

    function test_attest_isTheLatest() public {
        IConduct.Standing[] memory all = new IConduct.Standing[](3);
        bytes32 root = _attestStandings(all, 0);
        vm.assertEq(conduct.standings(), root);
        vm.assertEq(conduct.attested(root).number, 1);
        vm.assertEq(conduct.attested(root).members, 3);
    }
}
