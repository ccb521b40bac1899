// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Queries} from "./Queries.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract CollaborationServiceTest is Queries {
    function deploy(IERC20 currency, address conduct_) external {
        _deploy(currency, conduct_);
    }

    function test_constructor_refusesWhatIsNoContract() public {
        _expectError(IEscrow.UnsupportedToken.selector);
        this.deploy(IERC20(stranger), address(conduct));
        _expectError(ICollaboration.InvalidParameters.selector);
        this.deploy(token, stranger);
        vm.assertEq(queries.currency(), address(token));
        vm.assertEq(queries.conduct(), address(conduct));
    }

    function test_offerService_saysWhatItCostsAndWhereItIs() public {
        _assertService(stranger, false, 0);
        vm.expectEmit(address(queries));
        emit ICollaboration.ServiceOffered(stranger, 7, PUBLIC_KEY, ENDPOINT);
        _offer(stranger, 7);
        _assertService(stranger, true, 7);
        _assertService(service, true, FEE);
    }

    function test_offerService_againReplacesTheOffer() public {
        vm.expectEmit(address(queries));
        emit ICollaboration.ServiceOffered(service, 0, PUBLIC_KEY, "https://elsewhere.example");
        vm.prank(service);
        queries.offerService(0, PUBLIC_KEY, "https://elsewhere.example");
        _assertService(service, true, 0);
    }

    function test_offerService_refusesKeysToWhichNothingCanBeSealed() public {
        _expectError(ICollaboration.InvalidPublicKey.selector);
        vm.prank(stranger);
        queries.offerService(FEE, hex"04", ENDPOINT);
        bytes memory off = bytes.concat(PUBLIC_KEY);
        off[64] ^= 0x01;
        _expectError(ICollaboration.InvalidPublicKey.selector);
        vm.prank(stranger);
        queries.offerService(FEE, off, ENDPOINT);
    }

    function test_offerService_boundsTheEndpoint() public {
        _expectError(ICollaboration.InvalidEndpoint.selector, abi.encode(0));
        vm.prank(stranger);
        queries.offerService(FEE, PUBLIC_KEY, "");
        _expectError(ICollaboration.InvalidEndpoint.selector, abi.encode(257));
        vm.prank(stranger);
        queries.offerService(FEE, PUBLIC_KEY, string(new bytes(257)));
        vm.prank(stranger);
        queries.offerService(FEE, PUBLIC_KEY, string(new bytes(256)));
        vm.prank(stranger);
        queries.offerService(FEE, PUBLIC_KEY, "x");
    }

    function test_withdrawService_endsTheOffer() public {
        vm.expectEmit(address(queries));
        emit ICollaboration.ServiceWithdrawn(service);
        vm.prank(service);
        queries.withdrawService();
        _assertService(service, false, 0);
        _expectError(ICollaboration.NotOffered.selector, abi.encode(service, 0));
        vm.prank(service);
        queries.withdrawService();
        _offer(service, FEE);
        _bonded();
    }

    function test_withdrawService_refusesWhoOffersNothing() public {
        _expectError(ICollaboration.NotOffered.selector, abi.encode(stranger, 0));
        vm.prank(stranger);
        queries.withdrawService();
    }

    function test_offers_ofLaterDoNotTouchBondedQueries() public {
        bytes32 query = _bonded();
        _offer(service, 100 * FEE);
        vm.prank(service);
        queries.withdrawService();
        vm.prank(service);
        queries.answer(query, RESULT);
        _assertMoney(REWARD + FEE, 0, FEE, REWARD);
    }

    function _assertService(address account, bool offered, uint128 fee) private view {
        (bool actualOffered, uint128 actualFee) = queries.serviceOf(account);
        vm.assertTrue(actualOffered == offered, "offered");
        vm.assertEq(actualFee, fee, "fee");
    }
}
